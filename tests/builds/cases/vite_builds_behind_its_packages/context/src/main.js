import './style.css';

document.body.append(`built by ${import.meta.env.MODE}`);
